import theme from 'vitepress/theme-without-fonts'
import './colors.css'
import './home.css'
import './style.css'

export default theme
